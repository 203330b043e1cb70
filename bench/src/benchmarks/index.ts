import type { Benchmark } from "../benchmark.ts";
import { tokenBenchmark } from "./token.ts";

export const benchmarks: readonly Benchmark[] = [tokenBenchmark];
