package awsresource

import "strings"

// prefixes are the beginnings of EC2's ids. None is a beginning of another one with the dash.
var prefixes = map[string]string{
	"i": "Instance", "sg": "SecurityGroup", "vpc": "VPC", "subnet": "Subnet", "rtb": "RouteTable", "acl": "NetworkAcl", "igw": "InternetGateway",
	"eigw": "EgressOnlyInternetGateway", "nat": "NatGateway", "eipalloc": "EIP", "eni": "NetworkInterface", "vol": "Volume", "snap": "Snapshot",
	"ami": "Image", "lt": "LaunchTemplate", "vpce": "VPCEndpoint", "vpce-svc": "VPCEndpointService", "pcx": "VPCPeeringConnection",
	"tgw": "TransitGateway", "tgw-attach": "TransitGatewayAttachment", "tgw-rtb": "TransitGatewayRouteTable", "cgw": "CustomerGateway",
	"vgw": "VPNGateway", "vpn": "VPNConnection", "fl": "FlowLog", "dopt": "DHCPOptions", "pl": "PrefixList", "fleet": "EC2Fleet",
	"cvpn-endpoint": "ClientVpnEndpoint",
}

// TypeOfID returns the type of an EC2 id by its prefix, "" for other text and for ids that are no resources (r-, rtbassoc-).
func TypeOfID(id string) string {
	dash := strings.LastIndexByte(id, '-')
	if strings.HasPrefix(id, "fleet-") { // whose id is a UUID
		dash = len("fleet")
	}
	if dash < 0 || dash+1 == len(id) {
		return ""
	}
	for i := dash + 1; i < len(id); i++ {
		if c := id[i] | 0x20; (c < '0' || c > '9') && (c < 'a' || c > 'f') && id[i] != '-' {
			return ""
		}
	}
	if t := prefixes[id[:dash]]; t != "" {
		return "AWS::EC2::" + t
	}
	return ""
}
