import InteropService
import SwiftGRPC
import SwiftGRPCProtobuf

/// What servers take for the caller's name and scope, with a dot between.
let userToken = CallCredentials.token("interop-user.interop-scope")

/// Options with which a call brings its own token.
var identifiedOptions: CallOptions {
  var options = options
  options.credentials = userToken
  return options
}

/// A call after which the server tells whom it saw: by the token of the client (oauth2_auth_token) or of the call (per_rpc_creds).
func runIdentified(_ service: TestService, _ options: CallOptions) async throws {
  var request = largeRequest
  request.fillUsername = true
  request.fillOauthScope = true
  let response = try await service.unaryCall(request, options: options)
  try check("user name", response.username, is: "interop-user")
  try check("scope", response.oauthScope, is: "interop-scope")
}
