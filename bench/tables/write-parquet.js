/** Writes a table as Parquet, compressed with Snappy, as DuckDB does it. */
import { DuckDBInstance } from '@duckdb/node-api';

const [from, to] = process.argv.slice(2).map((path) => path.replaceAll("'", "''"));
const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
await connection.run(`COPY (SELECT * FROM '${from}') TO '${to}' (FORMAT parquet, COMPRESSION snappy)`);
