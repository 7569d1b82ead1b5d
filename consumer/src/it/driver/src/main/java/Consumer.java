import io.fluxgres.PgClient;

public class Consumer {
    public static void main(String[] arguments) {
        PgClient client = PgClient.create("postgresql:" + arguments[0]);
        System.out.println("answer: "
                + client.query("select 40 + $1")
                        .bind(2)
                        .map(row -> row.getInt(0))
                        .blockFirst());
        client.close().block();
    }
}
