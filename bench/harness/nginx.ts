import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const ECHO_MODULE = '/usr/lib/nginx/modules/ngx_http_echo_module.so'
const START_TIMEOUT_MS = 10_000

/** nginx with one worker on loopback; dispose of it. */
export interface Nginx extends AsyncDisposable {
  readonly origin: string
  /** Whether `/slow` exists: a page after 50 ms, which needs the echo module. */
  readonly hasSlowPage: boolean
}

const page = `<!doctype html><html><head><title>A page</title></head><body>${'x'.repeat(949)}</body></html>`

function configuration(port: number, directory: string, hasEcho: boolean): string {
  const slow = `location = /slow { default_type text/html; echo_sleep 0.05; echo '${page}'; }`
  return `
${hasEcho ? `load_module ${ECHO_MODULE};` : ''}
worker_processes 1;
daemon off;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /page { default_type text/html; return 200 '${page}'; }
    ${hasEcho ? slow : ''}
  }
}
`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/**
 * `/page` answers at once with 1,024 bytes, whatever the query.
 *
 * @param core Core to run on; `null` for all.
 */
export async function startNginx(workDir: string, core: number | null): Promise<Nginx> {
  const directory = join(workDir, 'nginx')
  mkdirSync(directory, { recursive: true })
  const port = await freePort()
  const hasEcho = existsSync(ECHO_MODULE)
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, configuration(port, directory, hasEcho))
  const line = ['nginx', '-p', directory, '-c', file]
  const pinned = core === null ? line : ['taskset', '-c', String(core), ...line]
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] })
  const origin = `http://127.0.0.1:${port}`
  await untilAnswering(`${origin}/page`, child)
  return { origin, hasSlowPage: hasEcho, [Symbol.asyncDispose]: () => stop(child) }
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  let cause: unknown
  while (child.exitCode === null && performance.now() < deadlineMs) {
    try {
      await (await fetch(url)).arrayBuffer()
      return
    } catch (error) {
      cause = error
      await sleep(20)
    }
  }
  child.kill()
  throw new Error(`nginx did not answer on ${url}`, { cause })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
