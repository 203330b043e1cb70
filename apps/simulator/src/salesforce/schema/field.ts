export type FieldType =
  | "id"
  | "reference"
  | "string"
  | "textarea"
  | "picklist"
  | "email"
  | "phone"
  | "url"
  | "boolean"
  | "int"
  | "double"
  | "currency"
  | "percent"
  | "date"
  | "datetime";

/** What a record holds: datetimes as epoch milliseconds, dates as `YYYY-MM-DD`. */
export type FieldValue = string | number | boolean | null;

export interface FieldDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters at most; 0 where it has no meaning. */
  readonly length: number;
  /** Digits in all and behind the point, for numbers. */
  readonly precision: number;
  readonly scale: number;
  /** Without a value and a default, a create is refused. */
  readonly isRequired: boolean;
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
  readonly isExternalId: boolean;
  readonly isUnique: boolean;
  readonly isCustom: boolean;
  readonly defaultValue: FieldValue;
  readonly picklist: readonly string[];
  /** References only: the object, the name its record is reached by, the name its side lists us by. */
  readonly referenceTo: string | null;
  readonly relationshipName: string | null;
  readonly childRelationshipName: string | null;
}

type Options = Partial<Omit<FieldDefinition, "name" | "type">>;

function field(name: string, type: FieldType, options: Options = {}): FieldDefinition {
  const isCustom = name.endsWith("__c");
  return {
    name,
    type,
    label: name
      .replace(/__c$/, "")
      .replace(/_/g, " ")
      .replace(/([a-z])([A-Z])/g, "$1 $2"),
    length: 0,
    precision: 0,
    scale: 0,
    isRequired: false,
    isCreateable: true,
    isUpdateable: true,
    isExternalId: false,
    isUnique: false,
    isCustom,
    defaultValue: null,
    picklist: [],
    referenceTo: null,
    relationshipName: null,
    childRelationshipName: null,
    ...options,
  };
}

export const text = (name: string, length = 255, options?: Options) =>
  field(name, "string", { length, ...options });
export const longText = (name: string, length = 32_000, options?: Options) =>
  field(name, "textarea", { length, ...options });
export const picklist = (name: string, values: readonly string[], options?: Options) =>
  field(name, "picklist", { length: 255, picklist: values, ...options });
export const email = (name: string, options?: Options) =>
  field(name, "email", { length: 128, ...options });
export const phone = (name: string, options?: Options) =>
  field(name, "phone", { length: 40, ...options });
export const url = (name: string, options?: Options) =>
  field(name, "url", { length: 255, ...options });
export const flag = (name: string, options?: Options) =>
  field(name, "boolean", { defaultValue: false, ...options });
export const wholeNumber = (name: string, options?: Options) =>
  field(name, "int", { precision: 9, ...options });
export const decimal = (name: string, options?: Options) =>
  field(name, "double", { precision: 18, scale: 2, ...options });
export const money = (name: string, options?: Options) =>
  field(name, "currency", { precision: 18, scale: 2, ...options });
export const percent = (name: string, options?: Options) =>
  field(name, "percent", { precision: 5, scale: 2, ...options });
export const day = (name: string, options?: Options) => field(name, "date", options);
export const instant = (name: string, options?: Options) => field(name, "datetime", options);
export const identity = () =>
  field("Id", "id", { length: 18, isCreateable: false, isUpdateable: false });

/** `reference("AccountId", "Account", "Opportunities")`: reached as `Account`, listed there as `Opportunities`. */
export const reference = (name: string, to: string, children: string | null, options?: Options) =>
  field(name, "reference", {
    length: 18,
    referenceTo: to,
    relationshipName: name.endsWith("__c") ? name.replace(/__c$/, "__r") : name.replace(/Id$/, ""),
    childRelationshipName: children,
    ...options,
  });

export const required = { isRequired: true } as const;
export const readOnly = { isCreateable: false, isUpdateable: false } as const;
export const afterCreateFixed = { isUpdateable: false } as const;
