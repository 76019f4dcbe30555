// Prints schemas of ElectroDB as JSON, and of each the item that a put writes: what key texts are made of.
// usage: node keys.mjs > ../electrodb_keys.json
import { Entity } from 'electrodb'

const text = { type: 'string', required: true }
const attributes = {
  a: text,
  b: text,
  c: { ...text, field: 'cc', label: 'L' },
  n: { type: 'number', required: true },
  f: { type: 'boolean', required: true },
  s: { type: ['Open', 'Closed'], required: true },
  w: { type: 'number', required: true, padding: { length: 4, char: '0' } },
  more: { type: 'string' },
}
const side = (field, composite, more) => ({ field, composite, ...more })
const own = (pk, sk, more) => ({ pk: side('pk', pk), ...(sk && { sk: side('sk', sk) }), ...more })

const indexes = {
  Plain: {
    own: own(['a'], []),
    scoped: { index: 'g1', scope: 'sc', pk: side('g1pk', ['b']), sk: side('g1sk', ['s', 'w', 'c']) },
  },
  Collected: {
    own: own(['a'], ['b'], { collection: 'coll' }),
    clustered: {
      index: 'g2',
      collection: ['x', 'y'],
      type: 'clustered',
      pk: side('g2pk', ['c'], { casing: 'none' }),
      sk: side('g2sk', ['n', 'f'], { casing: 'upper' }),
    },
  },
  Clustered: {
    own: own(['a'], ['b'], { type: 'clustered' }),
    custom: {
      index: 'g3',
      pk: side('g3pk', ['a'], { template: 'U{x}#${a}' }),
      sk: side('g3sk', ['n'], { template: '${n}', cast: 'number' }),
    },
  },
  Natural: {
    own: { pk: side('a', ['a'], { casing: 'none' }), sk: side('b', ['b']) },
    composite: {
      type: 'composite',
      index: 'g4',
      projection: 'keys_only',
      pk: { composite: ['c'] },
      sk: { composite: ['s', 'n'] },
    },
  },
  Alone: { own: own(['a']) },
}
const item = { a: 'Aa', b: 'Bb', c: 'Cc', n: 7, f: true, s: 'Open', w: 12 }

const cases = Object.entries(indexes).map(([entity, each]) => {
  const made = new Entity({ model: { entity, version: '1', service: 'vC' }, attributes, indexes: each }, { table: 'T' })
  return { schema: made.schema, item: made.put(item).params().Item }
})
console.log(JSON.stringify(cases, null, 1))
