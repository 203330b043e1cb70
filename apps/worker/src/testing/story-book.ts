import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { Worker } from "@temporalio/worker";
import { findProjectFolder } from "@usher/local-services";
import { bundleWorkflows, createDataConverter } from "@usher/temporal-client";
import { expect } from "vitest";
import { workflowsPath } from "../workflows-path.ts";
import type { RecordedHistory } from "./recorded-history.ts";
import { testPayloadKeys } from "./test-temporal-client.ts";

/** Deals of one test file, each with the test whose story its runs tell. */
export interface StoryBook {
  /** An id for a deal of the running test. */
  newDealId(): string;
  /** Deals so far. */
  readonly size: number;
  /** What today's workflow cannot replay of these runs, by workflow id. */
  differences(recorded: readonly RecordedHistory[]): Promise<readonly string[]>;
  /**
   * Writes each run to the folder that `record-histories` sets, named by its story; to none without
   * one. A story that has a file keeps it: those of a release must go on replaying, so none is ever
   * written over.
   */
  keep(recorded: readonly RecordedHistory[], to: { readonly folder: string | undefined }): void;
}

/** `prefix`: what the ids of the deals start with, unlike in any other file. */
export function createStoryBook({ prefix }: { readonly prefix: string }): StoryBook {
  const stories = new Map<string, string>();
  return {
    newDealId() {
      const id = `${prefix}${stories.size + 1}`;
      const test = expect.getState().currentTestName ?? id;
      // What stands before the last ">" is the file and the group.
      stories.set(id, test.replace(/^.* > /, ""));
      return id;
    },
    get size() {
      return stories.size;
    },
    async differences(recorded) {
      const broken: string[] = [];
      const results = Worker.runReplayHistories(
        {
          workflowBundle: await bundleWorkflows({
            workflowsPath,
            cacheFolder: join(findProjectFolder(), ".usher", "workflow-bundles"),
          }),
          dataConverter: createDataConverter(testPayloadKeys),
        },
        recorded.map(({ workflowId, history }) => ({ workflowId, history })),
      );
      for await (const { workflowId, error } of results) {
        if (error !== undefined) broken.push(`${workflowId}: ${error.message}`);
      }
      return broken;
    },
    keep(recorded, { folder }) {
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      const taken = new Set<string>();
      for (const { dealId, history } of recorded) {
        const story = fileNameOf(stories.get(dealId) ?? dealId);
        let name = story;
        for (let run = 2; taken.has(name); run += 1) name = `${story}-run-${run}`;
        taken.add(name);
        const path = join(folder, `${name}.json`);
        if (!existsSync(path)) writeFileSync(path, withoutMachine(historyToJSON(history)));
      }
    },
  };
}

function fileNameOf(story: string): string {
  return story
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 90)
    .replace(/-$/, "");
}

/** Which process on which machine polled is nobody's business later. */
function withoutMachine(history: string): string {
  return history.replaceAll(/"\d+@[^"]*"/g, '"1@worker"');
}
