/**
 * Transcripts: conversations between a client and a server, written in text files that read like the trace of libpq's
 * {@code PQtrace}, and two players of them.
 *
 * <p>{@link io.fluxgres.testkit.transcript.ScriptedBackend} plays the server's side to a client under test.
 * {@link io.fluxgres.testkit.transcript.TranscriptReplay} plays the client's side to a real server, to prove that the
 * file is what PostgreSQL says.
 *
 * <h2>Messages</h2>
 *
 * <pre>{@code
 * # a simple query that answers one row
 * startup
 * F Query "select 1"
 * B RowDescription "?column?":int4
 * B DataRow "1"
 * B CommandComplete "SELECT 1"
 * B ReadyForQuery I
 * }</pre>
 *
 * <p>F is a message of the frontend, B one of the backend, both with the manual's names. A value is {@code "text"} (UTF-8,
 * with the escapes {@code \" \\ \n \r \t \xHH}), {@code 0xHH...} for other bytes, or a bare word: numbers, letters such
 * as the status I, names of types, {@code null}, {@code text} and {@code binary} for format codes.
 *
 * <pre>
 * F StartupMessage 3.0 user="ann" database="shop"     F SSLRequest     F GSSENCRequest     F CancelRequest 4711 0x01020304
 * F PasswordMessage "pw"     F SASLInitialResponse "SCRAM-SHA-256" "n,,n=,r=..."     F SASLResponse "c=biws,..."
 * F Query "select 1"     F Parse "s1" "select $1, $2" int4 0     F Bind "portal" "s1" formats text values "1" null results binary
 * F Describe S "s1"     F Execute "portal" 0     F Close P "portal"     F Flush     F Sync     F Terminate
 * F CopyData "1\n"     F CopyDone     F CopyFail "why"
 * B SSLResponse N     B NegotiateProtocolVersion 3.0 "_pq_.x"     B AuthenticationMD5Password 0x01020304
 * B AuthenticationSASL "SCRAM-SHA-256"     B AuthenticationSASLContinue "r=..."     B AuthenticationSASLFinal "v=..."
 * B ParameterStatus "TimeZone" "UTC"     B BackendKeyData 4711 0x01020304     B ReadyForQuery I
 * B RowDescription "id":int4 "name":varchar(24):binary     B DataRow "1" null 0x00ff     B CommandComplete "SELECT 1"
 * B ParameterDescription int4 text     B ErrorResponse S="ERROR" V="ERROR" C="42601" M="why"
 * B NotificationResponse 4711 "channel" "payload"     B CopyInResponse text text binary
 * </pre>
 *
 * <p>The groups of Bind are left out where they are empty. A type is named if it has one of the common names, else given
 * by its OID, 0 for none; in brackets its modifier. Fields written {@code name=value} may come in any order.
 *
 * <p>A value behind a star, {@code *"text"}, is an example: it is sent, but any other is accepted in its place. A bare
 * star accepts any value but cannot be sent. Three dots at the end of a line accept any further fields.
 *
 * <h2>Directives</h2>
 *
 * <pre>
 * startup                   any StartupMessage, after any refused SSLRequest; then AuthenticationOk and the session
 * session                   the usual ParameterStatus messages, BackendKeyData 4711 0x01020304, ReadyForQuery I
 * scram "pw" 4096           the SCRAM-SHA-256 exchange from AuthenticationSASL to AuthenticationOk, the client's proof
 *                           verified; a fault may follow, see {@link io.fluxgres.testkit.transcript.ScramFault}
 * raw 5a 00000005 49        bytes as they are
 * split 3                   from here on bytes leave in chunks of three; split 0 ends it
 * expect close              the client closes the connection, after a Terminate or without
 * expect silence 50         the client sends nothing for so many milliseconds
 * close                     ends the stream (FIN); what the client still sends is ignored
 * reset                     resets the connection (RST)
 * stall                     neither sends nor reads any more, the connection stays open
 * connection cancel         the steps of the next connection that the client opens; the name may be left out
 * mark sent                 a point of time that another connection may wait for
 * await cancel              waits for a mark or for the end of the connection of that name
 * </pre>
 *
 * <p>Consecutive B lines leave in one write. Behind the last line of a connection the client may say Terminate and must
 * say nothing else.
 */
@NullMarked
package io.fluxgres.testkit.transcript;

import org.jspecify.annotations.NullMarked;
