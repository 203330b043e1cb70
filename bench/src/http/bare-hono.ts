/** The peer: a bare Hono route on Hono's Node server that answers a constant; `BENCH_CONSTANT` is the body. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { tellParent } from "../processes/parent.ts";

const constant = process.env["BENCH_CONSTANT"] ?? "";
const app = new Hono();
app.post("/v1/check", (context) =>
  context.body(constant, 200, { "Content-Type": "application/json" }),
);
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => tellParent({ port }));
