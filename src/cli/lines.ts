/** Lines of a stream as they come, without their ends; a last one without an end counts too. */
export async function* linesOf(stream: NodeJS.ReadStream): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
