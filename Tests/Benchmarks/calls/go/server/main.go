// The echo service on grpc-go. Serves until it is ended by a signal.
//
//	server [CERTIFICATE KEY]     PEM files, to serve over TLS; prints where it listens
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"

	pb "echo"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

type echoService struct {
	pb.UnimplementedEchoServer
}

func (echoService) Unary(ctx context.Context, request *pb.Payload) (*pb.Payload, error) {
	return request, nil
}

func (echoService) Collect(stream pb.Echo_CollectServer) error {
	var count int64
	for {
		_, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(&pb.Wanted{Messages: count})
		}
		if err != nil {
			return err
		}
		count++
	}
}

func (echoService) Expand(request *pb.Wanted, stream pb.Echo_ExpandServer) error {
	message := &pb.Payload{Body: make([]byte, request.Bytes)}
	for i := int64(0); i < request.Messages; i++ {
		if err := stream.Send(message); err != nil {
			return err
		}
	}
	return nil
}

func (echoService) Chat(stream pb.Echo_ChatServer) error {
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(message); err != nil {
			return err
		}
	}
}

func main() {
	var options []grpc.ServerOption
	if len(os.Args) == 3 {
		tls, err := credentials.NewServerTLSFromFile(os.Args[1], os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, grpc.Creds(tls))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(options...)
	pb.RegisterEchoServer(server, echoService{})
	fmt.Printf("listening on %s\n", listener.Addr())
	log.Fatal(server.Serve(listener))
}
