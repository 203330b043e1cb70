import { raw } from "./html.ts";

/** One sheet, inlined: the page needs no other request and no script. */
export const pageStyle = raw(`
:root{color-scheme:light dark;--ink:#15181e;--dim:#5b6472;--line:#dfe3ea;--bg:#f6f7f9;--card:#fff;--accent:#3538cd;--on-accent:#fff;--good:#067647;--good-bg:#e6f6ec;--bad:#b42318;--bad-bg:#fdecea;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{--ink:#e9ecf1;--dim:#9aa4b2;--line:#2b313b;--bg:#0f1216;--card:#171b21;--accent:#a4b0ff;--on-accent:#10131a;--good:#6ce9a6;--good-bg:#0f2a1d;--bad:#fda29b;--bad-bg:#2f1513}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--accent)}
header,main{max-width:1180px;margin:0 auto;padding:18px 24px}
main{display:grid;gap:16px;padding-top:0}
h1{font-size:22px;margin:0;letter-spacing:-.01em}h2{font-size:16px;margin:0 0 10px}h3{font-size:14px;margin:14px 0 4px;color:var(--dim)}
p{margin:0 0 8px}.dim{color:var(--dim)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 20px;min-width:0;overflow-x:auto}
.two{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr))}
pre,textarea{font-family:var(--mono);font-size:12.5px;line-height:1.45;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
details{border-top:1px solid var(--line);padding:8px 0}details:first-of-type{border-top:0}
summary{cursor:pointer;font-family:var(--mono);font-size:13px}
.tag{display:inline-block;border-radius:999px;padding:1px 10px;font-size:12.5px;font-weight:600;background:var(--line)}
.tag.good{background:var(--good-bg);color:var(--good)}.tag.bad{background:var(--bad-bg);color:var(--bad)}
.note{border-radius:8px;padding:10px 14px;background:var(--good-bg);color:var(--good)}.note.bad{background:var(--bad-bg);color:var(--bad)}
nav{display:flex;flex-wrap:wrap;gap:8px;margin-top:10px;align-items:center}
nav form,.actions form{margin:0}.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
form.grid{display:grid;gap:12px;align-items:end;grid-template-columns:repeat(auto-fit,minmax(220px,1fr))}
label{display:grid;gap:3px;font-size:13px;color:var(--dim)}label.wide{grid-column:1/-1}
input,select,textarea{font:inherit;color:var(--ink);background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:7px 10px;min-height:36px;width:100%}
textarea{font-family:var(--mono);font-size:12.5px;min-height:120px}
button,a.button{font:inherit;font-weight:600;border-radius:8px;border:1px solid var(--line);background:var(--card);color:var(--ink);padding:6px 14px;min-height:34px;cursor:pointer;text-decoration:none;display:inline-block}
button.main,a.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
svg text{fill:var(--ink);font:13px system-ui,sans-serif}svg .lane{font-weight:600}svg line.life{stroke:var(--line);stroke-width:2}
svg .good{stroke:var(--good);fill:none;stroke-width:2}svg .bad{stroke:var(--bad);fill:none;stroke-width:2;stroke-dasharray:5 4}
.story{display:none;margin:8px 0 0;padding-left:22px}.story .bad{color:var(--bad)}
@media (max-width:640px){header,main{padding:14px}section{padding:14px}svg{display:none}.story{display:block}}
svg .head.good{fill:var(--good)}svg .head.bad{fill:var(--bad)}
`);
