// The id of blocks that are sent before the feed has found where the client is.
import { parsePosition } from '@vana/events';

/** The client's own position, so that it does not forget it; without a usable one an empty id, which leaves it without. */
export function echoedPosition(given: string | undefined): string {
  return given !== undefined && parsePosition(given) ? given : '';
}
