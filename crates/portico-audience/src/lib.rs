//! One GraphQL schema in, one document per audience out, and admission of operations.
