package io.fluxgres.testkit.transcript;

import java.io.IOException;

/** One line of a transcript; the directives are described at the package. */
sealed interface Step {

    int line();

    /** Calls the player's method for this step. */
    void play(Player player) throws IOException;

    /** Plays the steps of one connection, on the server's or on the client's side of it. */
    interface Player {

        void frontend(Frontend step) throws IOException;

        void backend(Backend step) throws IOException;

        void startup(Startup step) throws IOException;

        void session(Session step) throws IOException;

        void scram(Scram step) throws IOException;

        void raw(Raw step) throws IOException;

        void split(Split step) throws IOException;

        void expectClose(ExpectClose step) throws IOException;

        void expectSilence(ExpectSilence step) throws IOException;

        void close(Close step) throws IOException;

        void reset(Reset step) throws IOException;

        void stall(Stall step) throws IOException;

        void mark(Mark step) throws IOException;

        void await(Await step) throws IOException;
    }

    /** F: a message that the client sends. */
    record Frontend(int line, Message message) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.frontend(this);
        }
    }

    /** B: a message that the server sends. */
    record Backend(int line, Message message) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.backend(this);
        }
    }

    record Startup(int line) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.startup(this);
        }
    }

    record Session(int line) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.session(this);
        }
    }

    record Scram(int line, String password, int iterations, ScramFault fault) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.scram(this);
        }
    }

    record Raw(int line, byte[] bytes) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.raw(this);
        }
    }

    record Split(int line, int size) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.split(this);
        }
    }

    record ExpectClose(int line) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.expectClose(this);
        }
    }

    record ExpectSilence(int line, int milliseconds) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.expectSilence(this);
        }
    }

    record Close(int line) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.close(this);
        }
    }

    record Reset(int line) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.reset(this);
        }
    }

    record Stall(int line) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.stall(this);
        }
    }

    record Mark(int line, String name) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.mark(this);
        }
    }

    record Await(int line, String name) implements Step {
        @Override
        public void play(Player player) throws IOException {
            player.await(this);
        }
    }
}
