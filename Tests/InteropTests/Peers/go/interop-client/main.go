// The interoperability client on grpc-go: runs one case, exit 0 when all of its checks hold.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"sort"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	pb "interop"
)

const (
	initialKey     = "x-grpc-test-echo-initial"
	initialValue   = "test_initial_metadata_value"
	trailingKey    = "x-grpc-test-echo-trailing-bin"
	trailingValue  = "\xab\xab\xab"
	specialMessage = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
)

var (
	requestSizes  = []int{27182, 8, 1828, 45904}
	responseSizes = []int{31415, 9, 2653, 58979}
)

func check(what string, actual, expected interface{}) {
	if actual != expected {
		log.Fatalf("%s: expected %v, got %v", what, expected, actual)
	}
}

func succeed(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func checkBody(body []byte, size int) {
	if !bytes.Equal(body, make([]byte, size)) {
		log.Fatalf("response body: expected %d zeroes, got %d bytes", size, len(body))
	}
}

func checkEnd(err error) {
	if err != io.EOF {
		log.Fatalf("expected the end of the stream, got %v", err)
	}
}

func payload(size int) *pb.Payload {
	return &pb.Payload{Body: make([]byte, size)}
}

func largeRequest() *pb.SimpleRequest {
	return &pb.SimpleRequest{ResponseSize: 314159, Payload: payload(271828)}
}

func outputRequest(responseSize, requestSize int) *pb.StreamingOutputCallRequest {
	return &pb.StreamingOutputCallRequest{
		ResponseParameters: []*pb.ResponseParameters{{Size: int32(responseSize)}},
		Payload:            payload(requestSize),
	}
}

func emptyUnary(ctx context.Context, c pb.TestServiceClient) {
	_, err := c.EmptyCall(ctx, &pb.Empty{})
	succeed("EmptyCall", err)
}

func largeUnary(ctx context.Context, c pb.TestServiceClient) {
	response, err := c.UnaryCall(ctx, largeRequest())
	succeed("UnaryCall", err)
	checkBody(response.GetPayload().GetBody(), 314159)
}

func clientStreaming(ctx context.Context, c pb.TestServiceClient) {
	stream, err := c.StreamingInputCall(ctx)
	succeed("StreamingInputCall", err)
	for _, size := range requestSizes {
		succeed("send", stream.Send(&pb.StreamingInputCallRequest{Payload: payload(size)}))
	}
	response, err := stream.CloseAndRecv()
	succeed("receive", err)
	check("aggregated size", response.AggregatedPayloadSize, int32(74922))
}

func serverStreaming(ctx context.Context, c pb.TestServiceClient) {
	request := &pb.StreamingOutputCallRequest{}
	for _, size := range responseSizes {
		request.ResponseParameters = append(request.ResponseParameters, &pb.ResponseParameters{Size: int32(size)})
	}
	stream, err := c.StreamingOutputCall(ctx, request)
	succeed("StreamingOutputCall", err)
	for _, size := range responseSizes {
		response, err := stream.Recv()
		succeed("receive", err)
		checkBody(response.GetPayload().GetBody(), size)
	}
	_, err = stream.Recv()
	checkEnd(err)
}

func pingPong(ctx context.Context, c pb.TestServiceClient) {
	stream, err := c.FullDuplexCall(ctx)
	succeed("FullDuplexCall", err)
	for i := range requestSizes {
		succeed("send", stream.Send(outputRequest(responseSizes[i], requestSizes[i])))
		response, err := stream.Recv()
		succeed("receive", err)
		checkBody(response.GetPayload().GetBody(), responseSizes[i])
	}
	succeed("half-close", stream.CloseSend())
	_, err = stream.Recv()
	checkEnd(err)
}

func emptyStream(ctx context.Context, c pb.TestServiceClient) {
	stream, err := c.FullDuplexCall(ctx)
	succeed("FullDuplexCall", err)
	succeed("half-close", stream.CloseSend())
	_, err = stream.Recv()
	checkEnd(err)
}

func customMetadata(ctx context.Context, c pb.TestServiceClient) {
	ctx = metadata.AppendToOutgoingContext(ctx, initialKey, initialValue, trailingKey, trailingValue)
	checkEcho := func(initial, trailing metadata.MD) {
		check("initial metadata", strings.Join(initial.Get(initialKey), "|"), initialValue)
		check("trailing metadata", strings.Join(trailing.Get(trailingKey), "|"), trailingValue)
	}

	var initial, trailing metadata.MD
	response, err := c.UnaryCall(ctx, largeRequest(), grpc.Header(&initial), grpc.Trailer(&trailing))
	succeed("UnaryCall", err)
	checkBody(response.GetPayload().GetBody(), 314159)
	checkEcho(initial, trailing)

	stream, err := c.FullDuplexCall(ctx)
	succeed("FullDuplexCall", err)
	succeed("send", stream.Send(outputRequest(314159, 271828)))
	succeed("half-close", stream.CloseSend())
	streamed, err := stream.Recv()
	succeed("receive", err)
	checkBody(streamed.GetPayload().GetBody(), 314159)
	_, err = stream.Recv()
	checkEnd(err)
	initial, err = stream.Header()
	succeed("header", err)
	checkEcho(initial, stream.Trailer())
}

func checkUnaryStatus(ctx context.Context, c pb.TestServiceClient, wanted *pb.EchoStatus) {
	_, err := c.UnaryCall(ctx, &pb.SimpleRequest{ResponseStatus: wanted})
	check("status code", status.Code(err), codes.Code(wanted.Code))
	check("status message", status.Convert(err).Message(), wanted.Message)
}

func statusCodeAndMessage(ctx context.Context, c pb.TestServiceClient) {
	wanted := &pb.EchoStatus{Code: 2, Message: "test status message"}
	checkUnaryStatus(ctx, c, wanted)

	stream, err := c.FullDuplexCall(ctx)
	succeed("FullDuplexCall", err)
	succeed("send", stream.Send(&pb.StreamingOutputCallRequest{ResponseStatus: wanted}))
	succeed("half-close", stream.CloseSend())
	_, err = stream.Recv()
	check("status code", status.Code(err), codes.Unknown)
	check("status message", status.Convert(err).Message(), wanted.Message)
}

func specialStatusMessage(ctx context.Context, c pb.TestServiceClient) {
	checkUnaryStatus(ctx, c, &pb.EchoStatus{Code: 2, Message: specialMessage})
}

func unimplementedMethod(ctx context.Context, c pb.TestServiceClient) {
	_, err := c.UnimplementedCall(ctx, &pb.Empty{})
	check("status code", status.Code(err), codes.Unimplemented)
}

func unimplementedService(ctx context.Context, connection *grpc.ClientConn) {
	_, err := pb.NewUnimplementedServiceClient(connection).UnimplementedCall(ctx, &pb.Empty{})
	check("status code", status.Code(err), codes.Unimplemented)
}

func cancelAfterBegin(ctx context.Context, c pb.TestServiceClient) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.StreamingInputCall(ctx)
	succeed("StreamingInputCall", err)
	cancel()
	_, err = stream.CloseAndRecv()
	check("status code", status.Code(err), codes.Canceled)
}

func cancelAfterFirstResponse(ctx context.Context, c pb.TestServiceClient) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.FullDuplexCall(ctx)
	succeed("FullDuplexCall", err)
	succeed("send", stream.Send(outputRequest(responseSizes[0], requestSizes[0])))
	response, err := stream.Recv()
	succeed("receive", err)
	checkBody(response.GetPayload().GetBody(), responseSizes[0])
	cancel()
	_, err = stream.Recv()
	check("status code", status.Code(err), codes.Canceled)
}

func timeoutOnSleepingServer(ctx context.Context, c pb.TestServiceClient) {
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	stream, err := c.FullDuplexCall(ctx)
	if err == nil {
		// Sending may meet the deadline too; its error is then the end of the stream and Recv tells the status.
		stream.Send(&pb.StreamingOutputCallRequest{Payload: payload(27182)})
		_, err = stream.Recv()
	}
	check("status code", status.Code(err), codes.DeadlineExceeded)
}

func expecting(isCompressed bool) *pb.SimpleRequest {
	request := largeRequest()
	request.ExpectCompressed = &pb.BoolValue{Value: isCompressed}
	return request
}

func clientCompressedUnary(ctx context.Context, c pb.TestServiceClient) {
	_, err := c.UnaryCall(ctx, expecting(true))
	check("status code", status.Code(err), codes.InvalidArgument)
	response, err := c.UnaryCall(ctx, expecting(true), grpc.UseCompressor(gzip.Name))
	succeed("UnaryCall, compressed", err)
	checkBody(response.GetPayload().GetBody(), 314159)
	response, err = c.UnaryCall(ctx, expecting(false))
	succeed("UnaryCall, not compressed", err)
	checkBody(response.GetPayload().GetBody(), 314159)
}

// token is what the servers take for the caller's name and scope, with a dot between.
type token string

const userToken = token("interop-user.interop-scope")

func (t token) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(t)}, nil
}

func (token) RequireTransportSecurity() bool { return true }

func checkIdentity(ctx context.Context, c pb.TestServiceClient, options ...grpc.CallOption) {
	request := largeRequest()
	request.FillUsername, request.FillOauthScope = true, true
	response, err := c.UnaryCall(ctx, request, options...)
	succeed("UnaryCall", err)
	check("user name", response.Username, "interop-user")
	check("scope", response.OauthScope, "interop-scope")
}

// The token belongs to the channel.
func oauth2AuthToken(ctx context.Context, c pb.TestServiceClient) { checkIdentity(ctx, c) }

func perRPCCreds(ctx context.Context, c pb.TestServiceClient) {
	checkIdentity(ctx, c, grpc.PerRPCCredentials(userToken))
}

var (
	soakIterations = flag.Int("soak_iterations", 10, "how many calls a soak case makes")
	soakFailures   = flag.Int("soak_max_failures", 0, "how many of them may fail or be slow")
	soakLatency    = flag.Int("soak_per_iteration_max_acceptable_latency_ms", 1000, "after what time a call is slow")
	soakTimeout    = flag.Int("soak_overall_timeout_seconds", 10, "after what time no more calls are made")
)

// soak makes many calls, each on the connection that connect gives.
func soak(ctx context.Context, connect func() (connection *grpc.ClientConn, done func())) {
	start, failures := time.Now(), 0
	for i := 0; i < *soakIterations; i++ {
		check("calls are made in time", time.Since(start) < time.Duration(*soakTimeout)*time.Second, true)
		begin := time.Now()
		connection, done := connect()
		_, err := pb.NewTestServiceClient(connection).UnaryCall(ctx, largeRequest())
		done()
		if err != nil || time.Since(begin) > time.Duration(*soakLatency)*time.Millisecond {
			failures++
		}
	}
	check("failures are few", failures <= *soakFailures, true)
}

var cases = map[string]func(context.Context, pb.TestServiceClient){
	"empty_unary":                 emptyUnary,
	"large_unary":                 largeUnary,
	"client_streaming":            clientStreaming,
	"server_streaming":            serverStreaming,
	"ping_pong":                   pingPong,
	"empty_stream":                emptyStream,
	"custom_metadata":             customMetadata,
	"status_code_and_message":     statusCodeAndMessage,
	"special_status_message":      specialStatusMessage,
	"unimplemented_method":        unimplementedMethod,
	"cancel_after_begin":          cancelAfterBegin,
	"cancel_after_first_response": cancelAfterFirstResponse,
	"timeout_on_sleeping_server":  timeoutOnSleepingServer,
	"client_compressed_unary":     clientCompressedUnary,
	"oauth2_auth_token":           oauth2AuthToken,
	"per_rpc_creds":               perRPCCreds,
}

func main() {
	log.SetFlags(0)
	host := flag.String("server_host", "127.0.0.1", "host to connect to")
	override := flag.String("server_host_override", "", "name that the certificate must have")
	port := flag.String("server_port", "", "port to connect to")
	name := flag.String("test_case", "", "the case to run")
	useTLS := flag.String("use_tls", "false", "true for TLS")
	ca := flag.String("tls_ca_file", "", "PEM file of the trusted roots")
	flag.Parse()

	options := []grpc.DialOption{grpc.WithInsecure(), grpc.WithBlock()}
	if *useTLS == "true" {
		creds, err := credentials.NewClientTLSFromFile(*ca, *override)
		succeed("reading the trusted roots", err)
		options[0] = grpc.WithTransportCredentials(creds)
	}
	if *name == "oauth2_auth_token" {
		options = append(options, grpc.WithPerRPCCredentials(userToken))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	// Waits for the connection, so that a case with a short timeout spends it on the call.
	connect := func() *grpc.ClientConn {
		connection, err := grpc.DialContext(ctx, net.JoinHostPort(*host, *port), options...)
		succeed("connecting", err)
		return connection
	}
	if *name == "channel_soak" {
		soak(ctx, func() (*grpc.ClientConn, func()) {
			connection := connect()
			return connection, func() { connection.Close() }
		})
		fmt.Printf("%s: passed\n", *name)
		return
	}
	connection := connect()
	defer connection.Close()

	if *name == "unimplemented_service" {
		unimplementedService(ctx, connection)
	} else if *name == "rpc_soak" {
		soak(ctx, func() (*grpc.ClientConn, func()) { return connection, func() {} })
	} else if run, known := cases[*name]; known {
		run(ctx, pb.NewTestServiceClient(connection))
	} else {
		names := []string{"unimplemented_service", "rpc_soak", "channel_soak"}
		for known := range cases {
			names = append(names, known)
		}
		sort.Strings(names)
		log.Fatalf("unknown test case %q; known: %s", *name, strings.Join(names, ", "))
	}
	fmt.Printf("%s: passed\n", *name)
}
