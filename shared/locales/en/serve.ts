/** What `interleave serve` says. */
export const serve = {
  'serve.hint':
    'Open the address above within a minute; it signs one browser in. Another one: interleave serve --code. Ctrl-C ends the dashboard and what it runs.',
  'serve.noBrowser': 'No browser could be opened here. Open this address in one: {url}',
  'serve.stopping': 'Stopping; once more ends at once.',
  'serve.portTaken':
    'Port {port} is taken by another program, and nothing was sent to it. Choose another port, or leave --port out.',
  'serve.portRefused': 'Port {port} cannot be used: {reason}. Choose another port, or leave --port out.',
  'serve.servedAt':
    'This data directory is served already at {url} by process {pid}. Another way in: interleave serve --code.',
  'serve.servedElsewhere':
    'The data directory {directory} is served already by another process. Stop that one, or use another --data-dir.',
  'serve.nobody': 'Nobody serves the data directory {directory}. Start with: interleave serve',
  'serve.refused': 'refused a request: {message} ({code})',
  'serve.suppressed': { one: '{count} more since the last', other: '{count} more since the last' },
  'option.port': 'listen on port N of this machine; 0 is any that is free',
  'option.open': 'open a browser; where there is none, the address is said',
  'option.readOnly': 'whoever signs in may look at runs, and neither start nor change anything',
  'option.code': 'print another address of the dashboard that runs already, and end',
  'example.serve.plain': 'the address is printed; Ctrl-C ends it',
  'example.serve.open': 'in the browser of this machine',
  'example.serve.readOnly': 'for somebody who is to watch',
  'example.serve.code': 'sign in another browser, with the dashboard running',
} as const
