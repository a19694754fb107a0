// One request's transaction, which is scoped by the caller's session.
import { pool } from './database.mjs';

const hash = /^[0-9a-f]{64}$/;

export class Session {
  #session;
  #connection;

  constructor(session) {
    this.#session = session;
  }

  /// Begins with the first statement; those of one level go over the same connection, one after the other.
  async query(name, text, values) {
    this.#connection ??= this.#begin();
    const connection = await this.#connection;
    // With a name it is prepared once for each connection.
    const result = await connection.query({ name, text, values });
    return result.rows;
  }

  async #begin() {
    if (!hash.test(this.#session)) throw new Error('not a session');
    const connection = await pool.connect();
    // In one go: the hash has been seen to be nothing else.
    await connection.query(`begin read only; set local "portico.session" to '${this.#session}'`);
    return connection;
  }

  async end() {
    if (!this.#connection) return;
    const connection = await this.#connection;
    await connection.query('commit');
    connection.release();
  }
}
