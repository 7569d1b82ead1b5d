import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import reactor.core.publisher.Flux;

public class Consumer {
    public static void main(String[] arguments) {
        var factory = ConnectionFactories.get("r2dbc:fluxgres:" + arguments[0]);
        System.out.println("answer: "
                + Flux.usingWhen(
                                factory.create(),
                                connection -> Flux.from(connection
                                                .createStatement("select 40 + $1")
                                                .bind(0, 2)
                                                .execute())
                                        .flatMap(result -> result.map(row -> row.get(0, Integer.class))),
                                Connection::close)
                        .blockFirst());
    }
}
