import { type Kysely, sql } from "kysely";
import { allow, appendOnly, ownRowsOnly, tenantColumn } from "./rules.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table approval_tasks (
      ${tenantColumn},
      id text not null,
      order_id text not null,
      revision int not null,
      revision_hash text not null,
      -- The newest revision whose path this task is part of: a task that still counts moves along.
      path_revision int not null check (path_revision >= revision),
      stage_key text not null,
      stage_name text not null,
      step int not null,
      stage jsonb not null,
      inputs_hash text not null,
      approver_emails text[] not null check (approver_emails::text = lower(approver_emails::text)),
      -- Requester, deal owner and last editor of this revision.
      excluded_emails text[] not null check (excluded_emails::text = lower(excluded_emails::text)),
      status text not null check (status in
        ('waiting', 'open', 'approved', 'rejected', 'changes_requested', 'superseded', 'parked', 'denied')),
      opened_at timestamptz,
      due_at timestamptz,
      decided_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (tenant_id, id),
      -- Referenced by decisions, which so carry exactly the hash and the exclusions of their task.
      unique (tenant_id, id, revision_hash, excluded_emails),
      foreign key (tenant_id, order_id, revision) references order_revisions (tenant_id, order_id, revision)
    );
    create unique index one_live_task_per_stage on approval_tasks (tenant_id, order_id, stage_key)
      where status in ('waiting', 'open');
    create index approval_tasks_by_order on approval_tasks (tenant_id, order_id);
    create index approval_tasks_by_status on approval_tasks (tenant_id, status, id);
    create index approval_tasks_due on approval_tasks (tenant_id, due_at) where status = 'open';
    ${ownRowsOnly("approval_tasks")}
    ${allow("approval_tasks", "select, insert, update (status, path_revision, opened_at, due_at, decided_at)")}

    create table approval_decisions (
      ${tenantColumn},
      id text not null,
      task_id text not null,
      order_id text not null,
      decided_by text not null check (decided_by = lower(decided_by)),
      user_id text,
      decision text not null check (decision in ('approve', 'reject', 'request_changes')),
      comment text,
      revision_hash text not null,
      excluded_emails text[] not null,
      channel text not null,
      decided_at timestamptz not null default now(),
      primary key (tenant_id, id),
      constraint one_decision_per_person_and_task unique (tenant_id, task_id, decided_by),
      constraint decision_of_the_revision_it_saw
        foreign key (tenant_id, task_id, revision_hash, excluded_emails)
        references approval_tasks (tenant_id, id, revision_hash, excluded_emails),
      foreign key (tenant_id, order_id) references orders (tenant_id, id),
      foreign key (tenant_id, user_id) references users (tenant_id, id),
      constraint four_eyes check (not (decided_by = any (excluded_emails)))
    );
    create index approval_decisions_by_order on approval_decisions (tenant_id, order_id);
    ${ownRowsOnly("approval_decisions")}
    ${appendOnly("approval_decisions")}
    ${allow("approval_decisions", "select, insert")}
    `)
    .execute(db);
}
