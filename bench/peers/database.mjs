// What the peers have in common: their way to the database, and who asks.
import pg from 'pg';

// Dates as they stand, rather than as instants in the zone of this machine.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

export const pool = new pg.Pool({ max: Number(process.env.POOL_SIZE), idleTimeoutMillis: 0 });

const scheme = 'Bearer ';

/// The hash of the caller's token, which callers send to the peers: the role view looks it up.
export const sessionOf = (headers) => {
  const value = headers.authorization ?? '';
  return value.startsWith(scheme) ? value.slice(scheme.length) : '';
};
