import { statfs } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { isSafeSqlite, type HostReport } from '../../shared/model/host-report.ts'
import { brotliVerdict } from '../executor/http/brotli.ts'
import { readCpuQuota } from './cpu-quota.ts'
import { readDescriptorLimit } from './descriptor-limit.ts'
import { findElectron } from './electron-binary.ts'
import { findInterpreters } from './interpreters.ts'
import { findRedis, redisPlaces } from './redis-probe.ts'
import { undiciVersion } from './undici-version.ts'

export interface InspectOptions {
  readonly dataDir: string
  readonly env: NodeJS.ProcessEnv
}

const REDIS_TIMEOUT_MS = 300

/** Looks at this machine once: everything is asked at the same time, and nothing is asked for longer than 3 s. */
export async function inspectHost({ dataDir, env }: InspectOptions): Promise<HostReport> {
  const [redis, interpreters, electron, disk] = await Promise.all([
    findRedis(redisPlaces(env['REDIS_URL']), REDIS_TIMEOUT_MS),
    findInterpreters(env['PATH']),
    findElectron(),
    lookAtDisk(dataDir),
  ])
  const brotli = brotliVerdict()
  const quota = readCpuQuota()
  const sqlite = sqliteVersion()
  const notices: string[] = []
  if (disk.isNetwork) {
    notices.push(`the data directory ${dataDir} is on a network file system, where journals are not safe`)
  }
  if (redis !== null && redis.version === null) notices.push(`Redis at ${redis.where} asks for a password`)
  return {
    cpu: {
      model: cpus()[0]?.model ?? 'unknown',
      logicalCpus: cpus().length,
      quotaCpus: quota.cpus,
      quotaSource: quota.source,
    },
    memory: { totalBytes: totalmem(), limitBytes: memoryLimit() },
    platform: `${process.platform} ${process.arch}`,
    node: { version: process.versions.node, v8: process.versions.v8 },
    sqlite: { version: sqlite, isSafe: isSafeSqlite(sqlite) },
    undici: { version: undiciVersion },
    brotli: { isOffered: brotli.isSafe, reason: brotli.isSafe ? null : brotli.reason },
    electron,
    redis: redis === null ? null : { where: redis.where, version: redis.version ?? 'unknown' },
    interpreters,
    dataDir: { path: dataDir, freeBytes: disk.freeBytes },
    descriptorLimit: readDescriptorLimit(),
    notices,
  }
}

/** @returns `null` when the process may use all of the machine's memory. */
function memoryLimit(): number | null {
  const limit = process.constrainedMemory()
  return limit > 0 && limit < totalmem() ? limit : null
}

function sqliteVersion(): string {
  const database = new DatabaseSync(':memory:')
  try {
    return String(database.prepare('select sqlite_version() as version').get()?.['version'])
  } finally {
    database.close()
  }
}

/** What `statfs` calls NFS, SMB (two generations) and 9p. */
const NETWORK_TYPES = [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997]

async function lookAtDisk(directory: string): Promise<{ freeBytes: number | null; isNetwork: boolean }> {
  try {
    const { bavail, bsize, type } = await statfs(directory)
    return { freeBytes: bavail * bsize, isNetwork: NETWORK_TYPES.includes(type) }
  } catch {
    // Some file systems do not tell, and some systems have no such call.
    return { freeBytes: null, isNetwork: false }
  }
}
