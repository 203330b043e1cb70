import * as associations from "@hubspot/api-client/lib/codegen/crm/associations/v4/index.js";
import * as objects from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import * as owners from "@hubspot/api-client/lib/codegen/crm/owners/index.js";
import * as properties from "@hubspot/api-client/lib/codegen/crm/properties/index.js";

/** The SDK's calls, as one step of work is given them. */
export interface HubSpotApis {
  readonly batch: objects.BatchApi;
  readonly search: objects.SearchApi;
  readonly associations: associations.BatchApi;
  readonly owners: owners.OwnersApi;
  readonly properties: properties.CoreApi;
  readonly propertyGroups: properties.GroupsApi;
}

/** What the SDK wants sent. */
export interface SdkRequest {
  getUrl(): string;
  getHttpMethod(): string;
  getHeaders(): Record<string, string>;
  getBody(): unknown;
}

export interface SdkAnswer {
  readonly status: number;
  readonly text: string;
}

type Send = (request: SdkRequest) => Promise<SdkAnswer>;

/** What each generated package brings for itself; they differ in nothing. */
interface Generated<Configuration> {
  readonly createConfiguration: (parts: never) => Configuration;
  readonly ServerConfiguration: new (url: string, variables: Record<string, never>) => unknown;
  readonly ResponseContext: new (
    status: number,
    headers: Record<string, string>,
    body: { text: () => Promise<string>; binary: () => Promise<Buffer> },
  ) => unknown;
  readonly Observable: new (promise: Promise<unknown>) => unknown;
}

/** The SDK's generated calls over a transport of ours. */
export function apisOver(transport: {
  readonly baseUrl: string;
  readonly send: Send;
}): HubSpotApis {
  const forObjects = configurationOf(objects, transport);
  const forProperties = configurationOf(properties, transport);
  return {
    batch: new objects.BatchApi(forObjects),
    search: new objects.SearchApi(forObjects),
    associations: new associations.BatchApi(configurationOf(associations, transport)),
    owners: new owners.OwnersApi(configurationOf(owners, transport)),
    properties: new properties.CoreApi(forProperties),
    propertyGroups: new properties.GroupsApi(forProperties),
  };
}

function configurationOf<Configuration>(
  generated: Generated<Configuration>,
  transport: { readonly baseUrl: string; readonly send: Send },
): Configuration {
  const { Observable, ResponseContext, ServerConfiguration, createConfiguration } = generated;
  const httpApi = {
    send: (request: SdkRequest) =>
      new Observable(
        transport.send(request).then(
          ({ status, text }) =>
            new ResponseContext(
              status,
              { "content-type": "application/json" },
              {
                text: () => Promise.resolve(text),
                binary: () => Promise.resolve(Buffer.from(text)),
              },
            ),
        ),
      ),
  };
  const baseServer = new ServerConfiguration(transport.baseUrl, {});
  // The classes of two generated packages are one another's copies, but TypeScript tells them apart by their private fields.
  return createConfiguration({ baseServer, httpApi } as never);
}
