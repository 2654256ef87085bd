/** A no that the agent is told, in words; any other error of ours ends its turn. */
export class AcpRefusal extends Error {
  override readonly name = 'AcpRefusal';
}
