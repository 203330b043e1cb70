import { Hono } from "hono";
import type { SimulatorParts } from "../simulator-parts.ts";
import type { NodeEnv } from "../http-answer.ts";

export function createControlApp(parts: SimulatorParts): Hono<NodeEnv> {
  const app = new Hono<NodeEnv>();
  app.get("/control/health", (context) => context.json({ ok: true, now: new Date(parts.now()).toISOString() }));
  return app;
}
