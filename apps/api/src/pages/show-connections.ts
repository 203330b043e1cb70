import { connectionStandings, findConnection, listConnections } from "@usher/database";
import { isId } from "@usher/entitlement-core/kernel";
import { notFound } from "../http/api-problem.ts";
import { toWireConnection } from "../wire/to-wire-connection.ts";
import { connectionPage, connectionsPage } from "./connection-pages.ts";
import { htmlResponse, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";

export async function showConnections(
  { session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const { tenantId } = session;
  const shown = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => {
    const standings = await connectionStandings(tx);
    return (await listConnections(tx)).map((connection) =>
      toWireConnection({ connection, standing: standings.get(connection.id), deps }),
    );
  });
  return htmlResponse(connectionsPage(shell, shown));
}

export async function showConnection(
  { context, session, shell }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const id = context.req.param("id") ?? "";
  if (!isId("connection", id)) throw notFound("connection");
  const { tenantId } = session;
  const shown = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => {
    const connection = await findConnection(tx, id);
    if (connection === null) throw notFound("connection");
    const standing = (await connectionStandings(tx, { connectionId: id })).get(id);
    return toWireConnection({ connection, standing, deps });
  });
  return htmlResponse(connectionPage(shell, shown));
}
