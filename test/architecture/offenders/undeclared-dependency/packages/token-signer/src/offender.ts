export { startPostgres } from "@usher/local-services";
