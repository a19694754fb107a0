// A plugin for graphql-codegen: the names of all object types without an `id`, which a normalizing cache must embed in their
// parents. Generated, so that a new type does not turn into a warning in the browser.
export const plugin = (schema) => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const objects = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__') && type.astNode?.kind === 'ObjectTypeDefinition');
  const embedded = objects.filter((type) => !roots.includes(type) && !('id' in type.getFields()));
  return JSON.stringify(embedded.map((type) => type.name).sort(), null, 2);
};
