// Makes calls to the echo service with grpc-go and prints what they took.
//
//	client PORT unary            COUNT BYTES IN_FLIGHT
//	client PORT server-streaming COUNT BYTES
//	client PORT client-streaming COUNT BYTES
//	client PORT ping-pong        COUNT BYTES
//
// A tenth of COUNT is made before the clock runs. Prints {"count", "seconds"}, with percentiles in µs where each call
// or round trip is timed.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"sort"
	"strconv"
	"time"

	pb "echo"

	"google.golang.org/grpc"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// calls makes one call after another.
func calls(client pb.EchoClient, message *pb.Payload, count int) []time.Duration {
	times := make([]time.Duration, 0, count)
	for i := 0; i < count; i++ {
		start := time.Now()
		_, err := client.Unary(context.Background(), message)
		check(err)
		times = append(times, time.Since(start))
	}
	return times
}

func unary(client pb.EchoClient, message *pb.Payload, count, inFlight int) []time.Duration {
	results := make(chan []time.Duration)
	for i := 0; i < inFlight; i++ {
		go func() { results <- calls(client, message, count/inFlight) }()
	}
	var times []time.Duration
	for i := 0; i < inFlight; i++ {
		times = append(times, <-results...)
	}
	return times
}

func serverStreaming(client pb.EchoClient, message *pb.Payload, count int) {
	wanted := &pb.Wanted{Messages: int64(count), Bytes: int32(len(message.Body))}
	stream, err := client.Expand(context.Background(), wanted)
	check(err)
	received := 0
	for {
		_, err := stream.Recv()
		if err == io.EOF {
			break
		}
		check(err)
		received++
	}
	if received != count {
		log.Fatalf("%d messages instead of %d", received, count)
	}
}

func clientStreaming(client pb.EchoClient, message *pb.Payload, count int) {
	stream, err := client.Collect(context.Background())
	check(err)
	for i := 0; i < count; i++ {
		check(stream.Send(message))
	}
	answer, err := stream.CloseAndRecv()
	check(err)
	if answer.Messages != int64(count) {
		log.Fatalf("%d messages instead of %d", answer.Messages, count)
	}
}

func pingPong(client pb.EchoClient, message *pb.Payload, count int) []time.Duration {
	stream, err := client.Chat(context.Background())
	check(err)
	times := make([]time.Duration, 0, count)
	for i := 0; i < count; i++ {
		start := time.Now()
		check(stream.Send(message))
		_, err := stream.Recv()
		check(err)
		times = append(times, time.Since(start))
	}
	check(stream.CloseSend())
	if _, err := stream.Recv(); err != io.EOF {
		log.Fatal("the server did not end the chat: ", err)
	}
	return times
}

// measure makes count calls or sends count messages, and returns the time of each if they are timed one by one.
func measure(mode string, client pb.EchoClient, message *pb.Payload, count, inFlight int) []time.Duration {
	switch mode {
	case "unary":
		return unary(client, message, count, inFlight)
	case "server-streaming":
		serverStreaming(client, message, count)
	case "client-streaming":
		clientStreaming(client, message, count)
	case "ping-pong":
		return pingPong(client, message, count)
	default:
		log.Fatal("no such mode: ", mode)
	}
	return nil
}

func number(index, otherwise int) int {
	if len(os.Args) <= index {
		return otherwise
	}
	value, err := strconv.Atoi(os.Args[index])
	check(err)
	return value
}

func main() {
	if len(os.Args) < 5 {
		log.Fatal("usage: client PORT unary|server-streaming|client-streaming|ping-pong COUNT BYTES [IN_FLIGHT]")
	}
	mode, count, inFlight := os.Args[2], number(3, 0), number(5, 1)
	message := &pb.Payload{Body: make([]byte, number(4, 0))}
	connection, err := grpc.Dial("127.0.0.1:"+os.Args[1], grpc.WithInsecure())
	check(err)
	client := pb.NewEchoClient(connection)

	warmUp := count / 10
	if warmUp < inFlight {
		warmUp = inFlight
	}
	measure(mode, client, message, warmUp, inFlight)
	start := time.Now()
	times := measure(mode, client, message, count, inFlight)
	seconds := time.Since(start).Seconds()

	fmt.Printf(`{"count": %d, "seconds": %g`, count, seconds)
	if len(times) > 0 {
		sort.Slice(times, func(a, b int) bool { return times[a] < times[b] })
		microseconds := func(time time.Duration) float64 { return float64(time.Nanoseconds()) / 1000 }
		fmt.Printf(`, "p50": %g, "p99": %g`, microseconds(times[len(times)/2]), microseconds(times[len(times)*99/100]))
	}
	fmt.Println("}")
}
