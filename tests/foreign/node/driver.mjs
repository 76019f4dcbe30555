// Calls ElectroDB or OneTable. A line of input is a chain of names and calls, as ["ticket", ["get", {...}], ["go"]];
// a line of output is {"value": ...} or {"error", "code", "message"}. {"$date": ...} and {"$set": [...]} are their kind.
// usage: node driver.mjs electro|onetable ENDPOINT TABLE
import { createInterface } from 'node:readline'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

const [library, endpoint, table] = process.argv.slice(2)
const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' }
const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials })
const { open } = await import(`./${library}.mjs`)
const root = open(client, table)

const revive = (_, value) => (value?.$date ? new Date(value.$date) : value?.$set ? new Set(value.$set) : value)
const replace = (_, value) => (value instanceof Set ? [...value] : value)

async function follow(chain) {
  let found = root
  for (const step of chain) found = typeof step === 'string' ? found[step] : found[step[0]](...step.slice(1))
  return { value: (await found) ?? null }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await Promise.resolve(JSON.parse(line, revive))
    .then(follow)
    .catch((error) => ({ error: error.name, code: String(error.code ?? ''), message: error.message }))
  console.log(JSON.stringify(answer, replace))
}
