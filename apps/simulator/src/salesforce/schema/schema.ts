import type { FieldDefinition } from "./field.ts";
import type { ObjectDefinition } from "./standard-objects.ts";

/** One object with its fields found by name, whatever the case. */
export interface SchemaObject extends ObjectDefinition {
  field(name: string): FieldDefinition | undefined;
  /** The reference field reached as `relationship`: `Account` finds AccountId. */
  parent(relationship: string): FieldDefinition | undefined;
  children(): readonly ChildRelationship[];
}

export interface ChildRelationship {
  readonly name: string;
  readonly childObject: string;
  /** The field of the child that names the parent. */
  readonly field: string;
}

export interface Schema {
  readonly objects: readonly SchemaObject[];
  object(name: string): SchemaObject | undefined;
  /** The object whose ids begin as this one does. */
  objectOfId(id: string): SchemaObject | undefined;
}

export function buildSchema(definitions: readonly ObjectDefinition[]): Schema {
  const byName = new Map<string, SchemaObject>();
  const byPrefix = new Map<string, SchemaObject>();
  const children = new Map<string, ChildRelationship[]>();
  for (const definition of definitions) {
    for (const one of definition.fields) {
      if (one.referenceTo === null || one.childRelationshipName === null) continue;
      const parents =
        one.referenceTo === "*" ? definitions.map(({ name }) => name) : [one.referenceTo];
      for (const parent of parents) {
        const list = children.get(parent) ?? [];
        list.push({
          name: one.childRelationshipName,
          childObject: definition.name,
          field: one.name,
        });
        children.set(parent, list);
      }
    }
  }
  for (const definition of definitions) {
    const object = toSchemaObject(definition, children.get(definition.name) ?? []);
    byName.set(definition.name.toLowerCase(), object);
    byPrefix.set(definition.keyPrefix, object);
  }
  return {
    objects: [...byName.values()],
    object: (name) => byName.get(name.toLowerCase()),
    objectOfId: (id) => byPrefix.get(id.slice(0, 3)),
  };
}

function toSchemaObject(
  definition: ObjectDefinition,
  children: readonly ChildRelationship[],
): SchemaObject {
  const fields = new Map(definition.fields.map((one) => [one.name.toLowerCase(), one]));
  const parents = new Map<string, FieldDefinition>();
  for (const one of definition.fields) {
    if (one.relationshipName !== null) parents.set(one.relationshipName.toLowerCase(), one);
  }
  return {
    ...definition,
    field: (name) => fields.get(name.toLowerCase()),
    parent: (relationship) => parents.get(relationship.toLowerCase()),
    children: () => children,
  };
}
