declare const brand: unique symbol;

/** A nominal type over a primitive: two brands over `string` do not mix, and JSON sees the primitive. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
