/** What tests and benchmarks drive of the command line; people use `usher`. */
export { auditPipeline } from "./import/audit-pipeline.ts";
export { catalogOfProducts, featureOfProduct } from "./import/catalog-of-products.ts";
export { pipelineOfCsv } from "./import/pipeline-of-csv.ts";
export { type CrmCsv, readCrmCsv } from "./import/read-crm-csv.ts";
export {
  createSimulatorControl,
  type SimulatedCrm,
  type SimulatorControl,
} from "./simulator-control.ts";
export { demoCatalog } from "./start/demo-catalog.ts";
export { makeApprover } from "./start/demo-people.ts";
export { startPart } from "./start/hub-parts.ts";
export { type HubSecrets, readOrMakeSecrets } from "./start/hub-secrets.ts";
export { runSetup } from "./start/run-setup.ts";
export { seedDemo, simulatorEnvironment } from "./start/seed-demo.ts";
