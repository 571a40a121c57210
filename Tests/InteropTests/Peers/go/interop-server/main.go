// The interoperability server on grpc-go: grpc.testing.TestService until SIGTERM.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	pb "interop"
)

const (
	initialKey  = "x-grpc-test-echo-initial"
	trailingKey = "x-grpc-test-echo-trailing-bin"
)

type testService struct {
	pb.UnimplementedTestServiceServer
}

// echoed returns the initial and the trailing metadata that the client asked to get back.
func echoed(ctx context.Context) (initial, trailing metadata.MD) {
	received, _ := metadata.FromIncomingContext(ctx)
	initial, trailing = metadata.MD{}, metadata.MD{}
	initial.Append(initialKey, received.Get(initialKey)...)
	trailing.Append(trailingKey, received.Get(trailingKey)...)
	return initial, trailing
}

func echoStream(stream grpc.ServerStream) {
	initial, trailing := echoed(stream.Context())
	if initial.Len() > 0 {
		stream.SetHeader(initial)
	}
	stream.SetTrailer(trailing)
}

// requestedStatus is the error that ends the call when the request asks for one.
func requestedStatus(wanted *pb.EchoStatus) error {
	if wanted == nil {
		return nil
	}
	return status.Error(codes.Code(wanted.Code), wanted.Message)
}

// fillIdentity puts the caller's name and scope, which its token consists of, into the response.
func fillIdentity(ctx context.Context, request *pb.SimpleRequest, response *pb.SimpleResponse) {
	received, _ := metadata.FromIncomingContext(ctx)
	parts := strings.SplitN(strings.TrimPrefix(strings.Join(received.Get("authorization"), ""), "Bearer "), ".", 2)
	if request.FillUsername {
		response.Username = parts[0]
	}
	if request.FillOauthScope && len(parts) == 2 {
		response.OauthScope = parts[1]
	}
}

func payload(size int32) *pb.Payload {
	return &pb.Payload{Body: make([]byte, size)}
}

type responseStream interface {
	Send(*pb.StreamingOutputCallResponse) error
}

func sendRequested(parameters []*pb.ResponseParameters, stream responseStream) error {
	for _, p := range parameters {
		time.Sleep(time.Duration(p.IntervalUs) * time.Microsecond)
		if err := stream.Send(&pb.StreamingOutputCallResponse{Payload: payload(p.Size)}); err != nil {
			return err
		}
	}
	return nil
}

func (testService) EmptyCall(ctx context.Context, _ *pb.Empty) (*pb.Empty, error) {
	initial, trailing := echoed(ctx)
	grpc.SetHeader(ctx, initial)
	grpc.SetTrailer(ctx, trailing)
	return &pb.Empty{}, nil
}

func (testService) UnaryCall(ctx context.Context, request *pb.SimpleRequest) (*pb.SimpleResponse, error) {
	initial, trailing := echoed(ctx)
	grpc.SetHeader(ctx, initial)
	grpc.SetTrailer(ctx, trailing)
	if err := requestedStatus(request.ResponseStatus); err != nil {
		return nil, err
	}
	response := &pb.SimpleResponse{Payload: payload(request.ResponseSize)}
	fillIdentity(ctx, request, response)
	return response, nil
}

func (testService) StreamingOutputCall(
	request *pb.StreamingOutputCallRequest, stream pb.TestService_StreamingOutputCallServer,
) error {
	echoStream(stream)
	if err := requestedStatus(request.ResponseStatus); err != nil {
		return err
	}
	return sendRequested(request.ResponseParameters, stream)
}

func (testService) StreamingInputCall(stream pb.TestService_StreamingInputCallServer) error {
	echoStream(stream)
	total := 0
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(&pb.StreamingInputCallResponse{AggregatedPayloadSize: int32(total)})
		}
		if err != nil {
			return err
		}
		total += len(request.GetPayload().GetBody())
	}
}

func (testService) FullDuplexCall(stream pb.TestService_FullDuplexCallServer) error {
	echoStream(stream)
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := requestedStatus(request.ResponseStatus); err != nil {
			return err
		}
		if err := sendRequested(request.ResponseParameters, stream); err != nil {
			return err
		}
	}
}

func (testService) HalfDuplexCall(stream pb.TestService_HalfDuplexCallServer) error {
	echoStream(stream)
	var wanted []*pb.ResponseParameters
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return sendRequested(wanted, stream)
		}
		if err != nil {
			return err
		}
		wanted = append(wanted, request.ResponseParameters...)
	}
}

func main() {
	port := flag.Int("port", 0, "port to listen on, 0 picks one")
	useTLS := flag.String("use_tls", "false", "true for TLS")
	certificate := flag.String("tls_cert_file", "", "PEM file of the certificate chain")
	key := flag.String("tls_key_file", "", "PEM file of the private key")
	flag.Parse()

	var options []grpc.ServerOption
	if *useTLS == "true" {
		creds, err := credentials.NewServerTLSFromFile(*certificate, *key)
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, grpc.Creds(creds))
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(options...)
	pb.RegisterTestServiceServer(server, &testService{})

	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM, os.Interrupt)
	go func() {
		<-terminated
		time.AfterFunc(time.Second, server.Stop)
		server.GracefulStop()
	}()
	fmt.Printf("listening on %s\n", listener.Addr())
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}
