import { BlockList, isIP } from 'node:net'

/** Tells a worker or a reader the ports of dashboards on this machine, separated by commas; set by the host. */
export const OWN_PORTS_VARIABLE = 'INTERLEAVE_OWN_PORTS'

/** Whatever reaches a server that listens on 127.0.0.1: loopback, and what systems connect to loopback. */
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addSubnet('0.0.0.0', 8, 'ipv4')
for (const prefix of ['::ffff:', '::ffff:0:', '64:ff9b::', '::']) {
  loopback.addSubnet(`${prefix}7f00:0`, 104, 'ipv6')
  loopback.addSubnet(`${prefix}0:0`, 104, 'ipv6')
}

const parsePorts = (text: string): ReadonlySet<number> =>
  new Set(
    text
      .split(',')
      .map(Number)
      .filter(port => Number.isInteger(port) && port > 0),
  )

const ownPorts = parsePorts(process.env[OWN_PORTS_VARIABLE] ?? '')

/**
 * Whether a connection would reach a dashboard of this machine, which no crawl may do, whatever it is allowed besides.
 *
 * @param address As the resolver or a socket gives it.
 */
export function isOwnServer(address: string, port: number, ports: ReadonlySet<number> = ownPorts): boolean {
  if (!ports.has(port)) return false
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
