// A helpdesk in ElectroDB: customers and their tickets (collection `account`), agents and theirs (`desk`).
import { Entity, Service } from 'electrodb'

const now = () => new Date().toISOString()
const text = { type: 'string' }
const needed = { type: 'string', required: true }

const entity = (name, attributes, indexes) => ({
  model: { entity: name, version: '1', service: 'helpdesk' },
  attributes: {
    ...attributes,
    createdAt: { ...needed, readOnly: true, default: now },
    updatedAt: { ...needed, watch: '*', default: now, set: now },
  },
  indexes,
})

const index = (name, pk, sk, more) => ({
  ...(name && { index: name }),
  ...more,
  pk: { field: `${name}pk`, composite: pk },
  sk: { field: `${name}sk`, composite: sk },
})

const models = {
  customer: entity(
    'customer',
    {
      customerId: needed,
      name: needed,
      email: needed,
      plan: { type: ['free', 'paid'], required: true, default: 'free' },
      address: { type: 'map', properties: { street: text, city: needed } },
    },
    {
      primary: index('', ['customerId'], [], { collection: 'account' }),
      byEmail: index('gsi1', ['email'], []),
    },
  ),
  ticket: entity(
    'ticket',
    {
      customerId: needed,
      ticketId: needed,
      subject: needed,
      status: { type: ['open', 'closed'], required: true, default: 'open' },
      priority: { type: 'number', required: true, padding: { length: 2, char: '0' } },
      assignee: text,
      tags: { type: 'set', items: 'string' },
      history: { type: 'list', items: { type: 'map', properties: { by: text, note: text } } },
      replies: { type: 'number', required: true, default: 0 },
    },
    {
      primary: index('', ['customerId'], ['ticketId'], { collection: 'account' }),
      byAssignee: index('gsi2', ['assignee'], ['status', 'priority', 'ticketId'], { collection: 'desk' }),
    },
  ),
  agent: entity(
    'agent',
    { assignee: needed, name: needed },
    {
      primary: index('', ['assignee'], []),
      withTickets: index('gsi2', ['assignee'], [], { collection: 'desk' }),
    },
  ),
}

export function open(client, table) {
  const entities = Object.entries(models).map(([name, model]) => [name, new Entity(model, { client, table })])
  const service = new Service(Object.fromEntries(entities), { client, table })
  return { ...service.entities, ...service.collections }
}
