import { raw } from "hono/html";

/** One sheet, inlined: the page needs no other request and no script. */
export const PAGE_STYLE = raw(`
:root{color-scheme:light dark;--ink:#15181e;--dim:#5b6472;--line:#dfe3ea;--bg:#f6f7f9;--card:#fff;--accent:#3538cd;--accent-ink:#fff;--good:#067647;--good-bg:#e6f6ec;--wait:#93370d;--wait-bg:#fdf0d9;--bad:#b42318;--bad-bg:#fdecea;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{--ink:#e9ecf1;--dim:#9aa4b2;--line:#2b313b;--bg:#0f1216;--card:#171b21;--accent:#a4b0ff;--accent-ink:#10131a;--good:#6ce9a6;--good-bg:#0f2a1d;--wait:#fdb022;--wait-bg:#2c2110;--bad:#fda29b;--bad-bg:#2f1513}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--accent)}
header{padding:20px 24px 8px;max-width:1240px;margin:0 auto}
h1{font-size:22px;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:16px;margin:0 0 12px}
h3{font-size:13px;margin:18px 0 6px;color:var(--dim);font-weight:600;text-transform:uppercase;letter-spacing:.04em}
p{margin:0 0 10px}.dim{color:var(--dim)}.mono{font-family:var(--mono);font-size:12.5px}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0 0}
nav a{text-decoration:none;padding:4px 0;border-bottom:2px solid transparent}nav a[aria-current]{border-color:var(--accent);color:var(--ink)}
main{max-width:1240px;margin:0 auto;padding:12px 24px 48px;display:grid;gap:16px}
.two{display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}
@media (min-width:980px){.two{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;min-width:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:600;color:var(--dim);text-align:left;font-size:12.5px}
th,td{padding:8px 10px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
td.num,th.num{text-align:right;padding-right:18px;font-variant-numeric:tabular-nums;white-space:nowrap}
.tag{display:inline-block;border-radius:999px;padding:1px 10px;font-size:12.5px;font-weight:600;background:var(--line);color:var(--ink);white-space:nowrap}
.tag.good{background:var(--good-bg);color:var(--good)}.tag.wait{background:var(--wait-bg);color:var(--wait)}.tag.bad{background:var(--bad-bg);color:var(--bad)}
form{margin:0}
.row{display:flex;flex-wrap:wrap;gap:10px 12px;align-items:end}
label{display:grid;gap:3px;font-size:13px;color:var(--dim)}
label.check{display:flex;gap:8px;align-items:center;min-height:36px}
input,select{font:inherit;color:var(--ink);background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:7px 10px;min-height:36px;max-width:100%}
input[type=number]{width:6.5em}
button{font:inherit;font-weight:600;border-radius:8px;border:1px solid var(--line);background:var(--card);color:var(--ink);padding:7px 14px;min-height:36px;cursor:pointer}
button:hover{border-color:var(--accent)}
button.main{background:var(--accent);border-color:var(--accent);color:var(--accent-ink)}
button.small{padding:3px 10px;min-height:28px;font-size:13px;font-weight:500}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.actions{display:flex;flex-wrap:wrap;gap:6px}
.note{border-radius:8px;padding:10px 14px;margin:0 0 12px}.note.good{background:var(--good-bg);color:var(--good)}.note.bad{background:var(--bad-bg);color:var(--bad)}
.figures{display:flex;flex-wrap:wrap;gap:8px 28px}.figures b{display:block;font-size:22px;font-variant-numeric:tabular-nums;line-height:1.2}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 16px;margin:0}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
.empty{color:var(--dim);padding:14px 0}
`);
