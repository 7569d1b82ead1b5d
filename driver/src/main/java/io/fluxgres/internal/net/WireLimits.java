package io.fluxgres.internal.net;

import io.fluxgres.internal.protocol.MessageLimits;

/** The bounds of one connection: of messages, of what is written ahead, and of what is discarded. */
public record WireLimits(MessageLimits messages, PipelineLimits pipeline, DiscardLimits discard) {}
