import { runWorkerProcess } from "../run-worker-process.ts";
import { pretendConnector, pretendErpConnector } from "./pretend-connector.ts";

// A worker that tests may kill: as `main.ts`, with the pretend vendor's connector.
await runWorkerProcess({ connectors: [pretendConnector, pretendErpConnector] });
