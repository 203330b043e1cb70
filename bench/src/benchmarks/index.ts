import type { Benchmark } from "../benchmark.ts";
import { checkBatchBenchmark } from "./check-batch.ts";
import { checkHttpBenchmark } from "./check-http.ts";
import { checkInProcessBenchmark } from "./check-in-process.ts";
import { checkMemoryBenchmark } from "./check-memory.ts";
import { dealPagesBenchmark } from "./deal-pages.ts";
import { dealToInboxBenchmark } from "./deal-to-inbox.ts";
import { orderLatencyBenchmark } from "./order-latency.ts";
import { ordersSustainedBenchmark, ordersWithVendorsBenchmark } from "./orders-sustained.ts";
import { tokenBenchmark } from "./token.ts";

export const benchmarks: readonly Benchmark[] = [
  checkInProcessBenchmark,
  checkMemoryBenchmark,
  tokenBenchmark,
  checkHttpBenchmark,
  checkBatchBenchmark,
  orderLatencyBenchmark,
  ordersSustainedBenchmark,
  ordersWithVendorsBenchmark,
  dealToInboxBenchmark,
  dealPagesBenchmark,
];
