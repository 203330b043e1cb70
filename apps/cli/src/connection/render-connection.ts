import type { WireConnection, WireConnectionCheck } from "@usher/api-contract";
import colors from "picocolors";
import { renderTable } from "../output.ts";

export function renderConnections(connections: readonly WireConnection[]): string {
  return renderTable({
    columns: ["name", "vendor", "status", "lag", "calls left", "quarantined", "id"],
    rows: connections.map((one) => [
      one.name,
      one.vendor,
      statusWords(one),
      lagWords(one),
      one.quota === null ? "–" : String(one.quota.left),
      String(one.inbox.quarantined),
      one.id,
    ]),
    empty: "There are no connections yet: `usher connection add <vendor>`.",
  });
}

export function renderConnection(one: WireConnection): string {
  const paint = paints[one.status];
  const lines: readonly (readonly [string, string])[] = [
    ["used as", one.kinds.join(", ")],
    ["last success", one.last_success_at ?? "none yet"],
    ["lag", lagWords(one)],
    ...one.streams.map(
      (stream) =>
        [
          `stream ${stream.name}`,
          `read ${stream.read_at}, to its end ${stream.read_to_end_at ?? "not yet"}`,
        ] as const,
    ),
    ["calls left", quotaWords(one)],
    [
      "inbox",
      `${one.inbox.pending} wait${one.inbox.pending_since === null ? "" : ` since ${one.inbox.pending_since}`}, ${one.inbox.quarantined} in quarantine`,
    ],
    ["credentials", credentialWords(one)],
    ["webhooks to", one.inbound_url],
    ["configuration", JSON.stringify(one.config)],
  ];
  const trouble = one.problem ?? errorWords(one);
  return [
    `${colors.bold(one.name)} ${paint(statusWords(one))}  ${one.vendor} · ${one.id}`,
    ...(trouble === null
      ? []
      : [`  ${paint(one.status === "needs_attention" ? "to fix:" : "last error:")} ${trouble}`]),
    ...lines.map(([label, value]) => `  ${colors.dim(label.padEnd(16))} ${value}`),
    ...(one.inbox.quarantined === 0
      ? []
      : [`  \`usher inbox list --status quarantined --connection ${one.id}\` shows them.`]),
  ].join("\n");
}

export function renderCheck(check: WireConnectionCheck): string {
  const isWell = check.outcome === "works";
  const mark = isWell ? colors.green("✓") : colors.red("✗");
  const advice = adviceOf[check.outcome];
  return [
    `${mark} ${isWell ? "" : `${check.outcome}: `}${check.message} (${check.took_ms} ms)`,
    ...(advice === null ? [] : [`  ${advice}`]),
  ].join("\n");
}

const adviceOf: Readonly<Record<WireConnectionCheck["outcome"], string | null>> = {
  works: null,
  auth_invalid: "The credentials are refused: `usher connection rotate` gives it new ones.",
  permission: "The credentials are good; a right is missing at the vendor.",
  config: "A field of the configuration is wrong: add the connection again under its name.",
  limited: "The vendor's limit is used up; it says nothing about the credentials.",
  unreachable: "No answer came; it says nothing about the credentials. Try again later.",
  unexpected: "The vendor answered otherwise than documented; the hub's log says more.",
};

const paints: Readonly<Record<WireConnection["status"], (text: string) => string>> = {
  working: colors.green,
  failing: colors.yellow,
  needs_attention: colors.red,
};

function statusWords({ status }: WireConnection): string {
  return status.replaceAll("_", " ");
}

function lagWords({ lag_seconds: lag, streams }: WireConnection): string {
  if (lag !== null) return `${lag} s`;
  return streams.length === 0 ? "–" : "first read";
}

function quotaWords({ quota }: WireConnection): string {
  return quota === null
    ? "the vendor does not say"
    : `${quota.left} of ${quota.limit} (${quota.seen_at})`;
}

function errorWords({ last_error: error }: WireConnection): string | null {
  if (error === null) return null;
  return `${error.category}: ${error.message}${error.at === null ? "" : ` (${error.at})`}`;
}

function credentialWords({ credentials }: WireConnection): string {
  const until = credentials.old_webhook_secrets_until;
  return [
    `changed ${credentials.changed_at}`,
    ...(credentials.is_rotating ? ["new ones wait to be proven: send them again"] : []),
    ...(until === null ? [] : [`the old webhook secret is accepted until ${until}`]),
  ].join("; ");
}
