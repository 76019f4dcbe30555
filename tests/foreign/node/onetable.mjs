// Customers of a service in OneTable: accounts, their users, and sessions that expire.
import { Table } from 'dynamodb-onetable'

const text = { type: String }
const needed = { type: String, required: true }

const schema = {
  format: 'onetable:1.1.0',
  version: '0.0.1',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: 'all' },
    gs2: { hash: '_type', sort: 'created', project: 'all' },
  },
  models: {
    Account: {
      pk: { type: String, value: 'account#${id}' },
      sk: { type: String, value: 'account#' },
      id: { ...needed, validate: /^[a-z0-9]+$/ },
      name: { ...needed, unique: true },
      plan: { type: String, enum: ['free', 'paid'], default: 'free', required: true },
      balance: { type: Number, default: 0, required: true },
    },
    User: {
      pk: { type: String, value: 'account#${accountId}' },
      sk: { type: String, value: 'user#${email}' },
      gs1pk: { type: String, value: 'role#${role}' },
      gs1sk: { type: String, value: 'user#${accountId}#${email}' },
      accountId: needed,
      email: needed,
      handle: { ...text, unique: true, scope: '${accountId}' },
      role: { type: String, enum: ['user', 'admin'] },
      address: { type: Object, schema: { street: text, zip: { type: Number } } },
      marks: { type: Array, items: text },
      groups: { type: Set },
      born: { type: Date },
    },
    Session: {
      pk: { type: String, value: 'account#${accountId}' },
      sk: { type: String, value: 'session#${id}' },
      accountId: needed,
      id: needed,
      expires: { type: Date, ttl: true, required: true },
    },
  },
  params: { isoDates: true, timestamps: true, typeField: '_type' },
}

export function open(client, name) {
  const table = new Table({ client, name, schema, partial: true })
  const models = Object.keys(schema.models).map((model) => [model, table.getModel(model)])
  return { ...Object.fromEntries(models), table }
}
