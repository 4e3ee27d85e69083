import { BlockList, isIP } from 'node:net'

/** IPv4 ranges that are not the public internet (IANA special-purpose registry, multicast and class E). */
const PRIVATE_V4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const PRIVATE_V6: readonly (readonly [network: string, prefix: number])[] = [
  // Unspecified, loopback and the deprecated IPv4-compatible addresses.
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

/** Where IPv6 carries an IPv4 address: mapped, translated, NAT64, and 6to4 (right behind its 16 bits). */
const CARRIERS: readonly ((high: string, low: string, prefix: number) => readonly [string, number])[] = [
  (high, low, prefix) => [`::ffff:${high}:${low}`, 96 + prefix],
  (high, low, prefix) => [`::ffff:0:${high}:${low}`, 96 + prefix],
  (high, low, prefix) => [`64:ff9b::${high}:${low}`, 96 + prefix],
  (high, low, prefix) => [`2002:${high}:${low}::`, 16 + prefix],
]

const privateAddresses = new BlockList()
for (const [network, prefix] of PRIVATE_V4) {
  privateAddresses.addSubnet(network, prefix, 'ipv4')
  const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number)
  const high = ((a << 8) | b).toString(16)
  const low = ((c << 8) | d).toString(16)
  for (const carrier of CARRIERS) privateAddresses.addSubnet(...carrier(high, low, prefix), 'ipv6')
}
for (const [network, prefix] of PRIVATE_V6) privateAddresses.addSubnet(network, prefix, 'ipv6')

/**
 * @param address An IP address as the resolver or a socket gives it; an IPv6 zone (`%eth0`) is ignored.
 * @returns Whether it is loopback, private, link-local or otherwise not a public address; true for what is no address.
 */
export function isPrivateAddress(address: string): boolean {
  const zone = address.indexOf('%')
  const bare = zone < 0 ? address : address.slice(0, zone)
  const family = isIP(bare)
  if (family === 0) return true
  return privateAddresses.check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

/** @param hostname As a WHATWG URL has it. @returns The address when it is a literal, without brackets; else `null`. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return isIP(bare) === 0 ? null : bare
}

/** @returns Whether a name means this machine without asking a resolver (RFC 6761). */
export const isLocalName = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === 'localhost.' ||
  hostname.endsWith('.localhost.')
