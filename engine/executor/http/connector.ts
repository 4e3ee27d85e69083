import type { LookupAddress } from 'node:dns'
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { isPrivateAddress, literalAddress } from './address-policy.ts'
import { BlockedAddressError } from './failures.ts'
import { isOwnServer } from './own-ports.ts'
import type { Resolver } from './resolver.ts'

export interface ConnectTarget {
  readonly isTls: boolean
  /** As in a URL, IPv6 in brackets. */
  readonly hostname: string
  readonly port: number
  readonly isPublicOnly: boolean
  /** The newest TLS session, resumed by the next connection. */
  session: Buffer | undefined
}

export interface ConnectListener {
  /** True once nobody wants the connection any more: nothing is opened then, and nothing is called. */
  readonly isCancelled: boolean
  onPhase(phase: 'resolve' | 'connect' | 'handshake', socket: Socket | null): void
  /** Exactly one of these is called, never before `connect` returned. */
  onConnected(socket: Socket): void
  onFailed(error: Error): void
}

const TRY_NEXT_ADDRESS_MS = 300
const KEEP_ALIVE_PROBE_MS = 60_000
const READ_BUFFER_BYTES = 64 * 1024

/** Opens connections to addresses that were checked: what is resolved, what is judged and what is connected to are one. */
export class Connector {
  readonly #resolver: Resolver
  readonly #isInsecure: boolean

  constructor(resolver: Resolver, isInsecure: boolean) {
    this.#resolver = resolver
    this.#isInsecure = isInsecure
  }

  connect(target: ConnectTarget, listener: ConnectListener): void {
    const literal = literalAddress(target.hostname)
    if (literal !== null) {
      queueMicrotask(() =>
        this.#judge(target, [{ address: literal, family: literal.includes(':') ? 6 : 4 }], listener),
      )
      return
    }
    listener.onPhase('resolve', null)
    queueMicrotask(() =>
      this.#resolver.resolve(target.hostname, (error, addresses) => {
        if (listener.isCancelled) return
        if (error !== null) listener.onFailed(error)
        else this.#judge(target, addresses, listener)
      }),
    )
  }

  #judge(target: ConnectTarget, addresses: readonly LookupAddress[], listener: ConnectListener): void {
    if (listener.isCancelled) return
    const allowed = addresses.filter(
      ({ address }) =>
        !isOwnServer(address, target.port) && !(target.isPublicOnly && isPrivateAddress(address)),
    )
    if (allowed.length > 0) this.#open(target, allowed, listener)
    else if (addresses.some(({ address }) => isOwnServer(address, target.port)))
      listener.onFailed(ownServer(target))
    else listener.onFailed(blockedAddress(target.hostname, addresses[0]?.address))
  }

  #open(target: ConnectTarget, addresses: LookupAddress[], listener: ConnectListener): void {
    const lookup: LookupFunction = (_hostname, options, callback) => {
      if (options.all === true) callback(null, addresses)
      else callback(null, addresses[0]!.address, addresses[0]!.family)
    }
    const literal = literalAddress(target.hostname)
    const options = {
      host: literal ?? target.hostname,
      port: target.port,
      lookup,
      autoSelectFamily: addresses.length > 1,
      autoSelectFamilyAttemptTimeout: TRY_NEXT_ADDRESS_MS,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      highWaterMark: READ_BUFFER_BYTES,
    }
    let isOver = false
    const socket = target.isTls
      ? connectTls({
          ...options,
          ...(literal === null ? { servername: target.hostname } : {}),
          ...(target.session === undefined ? {} : { session: target.session }),
          ALPNProtocols: ['http/1.1'],
          rejectUnauthorized: !this.#isInsecure,
        }).on('session', session => (target.session = session))
      : connectTcp(options)
    listener.onPhase('connect', socket)
    if (target.isTls) socket.once('connect', () => listener.onPhase('handshake', socket))
    socket.once(target.isTls ? 'secureConnect' : 'connect', () => {
      if (isOver) return
      isOver = true
      const { remoteAddress } = socket
      if (target.isPublicOnly && (remoteAddress === undefined || isPrivateAddress(remoteAddress))) {
        socket.destroy()
        listener.onFailed(blockedAddress(target.hostname, remoteAddress))
      } else listener.onConnected(socket)
    })
    // Stays for the life of the socket: an error nobody listens for would end the process.
    socket.on('error', (error: Error) => {
      if (isOver) return
      isOver = true
      listener.onFailed(error)
    })
  }
}

const ownServer = ({ hostname, port }: ConnectTarget): BlockedAddressError =>
  new BlockedAddressError(
    `${hostname}:${port} is the dashboard on this machine; no crawl may fetch from it, so leave the URL out`,
  )

/** @returns Why a discovered URL may not be fetched. */
export function blockedAddress(hostname: string, address: string | undefined): BlockedAddressError {
  const bare = literalAddress(hostname)
  const what = bare === null ? `${hostname} is ${address ?? 'a private address'}, which` : bare
  return new BlockedAddressError(
    `${what} is not a public address, and a redirect may not lead there; --private-network allows it`,
  )
}
