package io.fluxgres.internal.net;

import java.time.Duration;

/**
 * How long the rest of an abandoned result is discarded before something is done about it; whichever bound is reached
 * first counts.
 *
 * @param cancelBytes after so many bytes the statement is cancelled, outside a transaction
 * @param cancelDelay after so long the statement is cancelled, outside a transaction
 * @param drainBytes after so many bytes behind a cancel the connection is closed
 * @param drainTime after so long it is cancelled in a transaction too, and where that does not help the connection is
 *     closed
 */
public record DiscardLimits(long cancelBytes, Duration cancelDelay, long drainBytes, Duration drainTime) {}
