// Rolldown plugins that leave out of packages what this product does not use, where tree shaking cannot see it.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './steps.mjs'

/**
 * undici's index loads fetch, WebSocket, mocks and caches, and being CommonJS it loads them all at start. The parts
 * below are what a crawl needs; an import of any other name fails the build, and is then added here.
 */
const undiciParts = `
  export { default as Agent } from 'undici/lib/dispatcher/agent.js'
  export { default as Client } from 'undici/lib/dispatcher/client.js'
  export { default as Pool } from 'undici/lib/dispatcher/pool.js'
  export { default as buildConnector } from 'undici/lib/core/connect.js'
  export { default as errors } from 'undici/lib/core/errors.js'
`

/** @type {import('rolldown').Plugin} */
export const slimUndici = {
  name: 'slim-undici',
  resolveId: source => (source === 'undici' ? { id: '\0undici-parts', moduleSideEffects: false } : null),
  load: id => (id === '\0undici-parts' ? undiciParts : null),
  transform: { filter: { id: /node_modules\/undici\// }, handler: () => ({ moduleSideEffects: false }) },
}

const redis = join(root, 'node_modules/@redis/client/dist/lib')

/** The client without clusters, sentinels and pools of clients. */
const redisParts = `
  import client from '${redis}/client/index.js'
  import { ErrorReply } from '${redis}/errors.js'
  import { RESP_TYPES } from '${redis}/RESP/decoder.js'
  const { create: createClient } = client
  export { createClient, ErrorReply, RESP_TYPES }
`

/** Methods of the client that this product calls, and commands that its handshake needs; the package has some 400. */
const REDIS_COMMANDS = {
  ...{
    AUTH: 'auth',
    CLIENT_SETNAME: 'clientSetName',
    HDEL: 'hDel',
    HGET: 'hGet',
    HSCAN: 'hScan',
    HSET: 'hSet',
  },
  ...{ INFO: 'info', PING: 'ping', READONLY: 'readonly', UNLINK: 'unlink' },
}

const redisCommands = `
  ${Object.keys(REDIS_COMMANDS)
    .map(name => `import ${name} from '${redis}/commands/${name}.js'`)
    .join('\n')}
  export const NON_STICKY_COMMANDS = {}
  export default { ${Object.entries(REDIS_COMMANDS)
    .map(([name, method]) => `${name}, ${method}: ${name}`)
    .join(', ')} }
`

const commandsIndex = createRequire(import.meta.url).resolve(join(redis, 'commands/index.js'))

/**
 * @redis/client builds a table of every command when it is loaded, which costs more than a short run.
 *
 * @type {import('rolldown').Plugin}
 */
export const slimRedis = {
  name: 'slim-redis',
  resolveId: source =>
    source === '@redis/client' ? { id: '\0redis-parts', moduleSideEffects: false } : null,
  load: id => {
    if (id === '\0redis-parts') return redisParts
    return id === commandsIndex ? { code: redisCommands, moduleType: 'js' } : null
  },
  transform: {
    filter: { id: /node_modules\/@redis\/client\// },
    handler: () => ({ moduleSideEffects: false }),
  },
}
