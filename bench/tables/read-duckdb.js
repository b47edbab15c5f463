/** Reads a table into the memory of DuckDB on a number of threads, and prints the seconds. */
import { DuckDBInstance } from '@duckdb/node-api';

const [, , path, threads] = process.argv;
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const start = performance.now();
await connection.run(`CREATE TABLE rows AS SELECT * FROM '${path.replaceAll("'", "''")}'`);
console.log((performance.now() - start) / 1000);
