package io.fluxgres.internal.net;

/**
 * How much may be written ahead of the answers.
 *
 * @param depth the most unanswered requests; 1 turns pipelining off
 * @param bytes no further request is written while unanswered ones are longer than this together; a single request may be
 */
public record PipelineLimits(int depth, int bytes) {}
