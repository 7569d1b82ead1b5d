package io.fluxgres;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Looks for what must not be told. */
final class Secrets {

    private Secrets() {}

    /** Returns messages, classes, causes, suppressed failures and stacks in one text: all that a log could show. */
    static String everythingThatAFailureTells(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text + failure.toString() + failure.getMessage() + failure.getLocalizedMessage();
    }
}
