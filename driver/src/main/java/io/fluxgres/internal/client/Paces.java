package io.fluxgres.internal.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a client has learnt about the SQL texts that it executes. Bounded: when it is full it begins anew. */
final class Paces {

    private static final int MAXIMUM_TEXTS = 4096;
    private static final int MAXIMUM_LENGTH = 16 * 1024;

    private final Map<String, Pace> paces = new ConcurrentHashMap<>();

    Pace of(String sql) {
        Pace known = paces.get(sql);
        if (known != null) {
            return known;
        }
        Pace unknown = new Pace();
        if (sql.length() > MAXIMUM_LENGTH) {
            return unknown;
        }
        if (paces.size() >= MAXIMUM_TEXTS) {
            paces.clear();
        }
        Pace first = paces.putIfAbsent(sql, unknown);
        return first == null ? unknown : first;
    }
}
