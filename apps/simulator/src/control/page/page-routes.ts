import type { Hono } from "hono";
import type { NodeEnv } from "../../http-answer.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";

export function addPageRoutes(_app: Hono<NodeEnv>, _parts: SimulatorParts): void {}
