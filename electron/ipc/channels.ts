/** What the preload script and the main process say to each other. No other file names a channel. */
export const CHANNEL = {
  /** Page → main, answered: begins a wire; the one before it ends. */
  open: 'wire.open',
  /** Page → main, answered once it is taken: a pack of frames. */
  send: 'wire.send',
  /** Page → main: so many bytes of packs were read. */
  took: 'wire.took',
  /** Page → main: the page needs its wire no more. */
  close: 'wire.close',
  /** Main → page: a pack of frames. */
  pack: 'wire.pack',
  /** Main → page: the wire is over. */
  closed: 'wire.closed',
  /** Preload → main, answered: what a file that was dropped or chosen may be named as. */
  grant: 'file.grant',
} as const

export type AskedChannel = (typeof CHANNEL)['open' | 'send' | 'took' | 'close' | 'grant']
